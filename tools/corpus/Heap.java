// SPDX-License-Identifier: Apache-2.0
//
// A Java heap of its ordinary kind, for collect.py: maps, strings, lists, records,
// boxed numbers. Prints a line when it is built, then waits to be sampled.

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

public class Heap {
	record Place(String file, int line) {}

	static final class Order {
		final long id;
		final String customer;
		final List<String> items = new ArrayList<>();
		final Map<String, Double> prices = new HashMap<>();
		Order previous;

		Order(long id, String customer, Order previous) {
			this.id = id;
			this.customer = customer;
			this.previous = previous;
		}
	}

	static final Map<String, List<Place>> words = new HashMap<>();
	static final Map<String, List<String>> files = new LinkedHashMap<>();
	static final TreeMap<Integer, List<String>> byLength = new TreeMap<>();
	static final List<Order> orders = new ArrayList<>();

	public static void main(String[] arguments) throws Exception {
		// The standard library's headers, which every toolbox has.
		List<Path> paths;
		try (Stream<Path> found = Files.walk(Path.of("/usr/include/c++"))) {
			paths = found.filter(path -> path.toString().endsWith(".h")).sorted().limit(250).toList();
		}
		Pattern word = Pattern.compile("\\w+");
		for (Path path : paths) {
			String name = path.getFileName().toString();
			List<String> lines = Files.readString(path, StandardCharsets.ISO_8859_1).lines().toList();
			files.put(name, lines);
			for (int number = 0; number < lines.size(); number++) {
				Matcher matcher = word.matcher(lines.get(number));
				while (matcher.find())
					words.computeIfAbsent(matcher.group(), key -> new ArrayList<>()).add(new Place(name, number));
				byLength.computeIfAbsent(lines.get(number).length(), key -> new ArrayList<>()).add(lines.get(number));
			}
		}
		List<String> known = new ArrayList<>(words.keySet());
		Order last = null;
		for (int i = 0; i < 60000; i++) {
			Order order = new Order(1_700_000_000_000L + i * 37L, "customer-" + i * 7919L % 9973, i % 3 == 0 ? null : last);
			for (int j = 0; j < 1 + i % 4; j++) {
				String item = known.get((int) ((i * 31L + j * 17L) % known.size()));
				order.items.add(item);
				order.prices.put(item, (i * 13 % 10000 + j) / 100.0);
			}
			orders.add(order);
			last = order;
		}
		System.out.println("ready");
		System.out.flush();
		while (true)
			Thread.sleep(60_000);
	}
}
