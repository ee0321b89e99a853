// SPDX-License-Identifier: Apache-2.0
//
// A Node.js heap of its ordinary kind, for collect.py: objects, arrays, maps, closures,
// and JSON text with what it parses to. Prints a line when it is built, then waits.
'use strict';
const fs = require('fs');
const path = require('path');

function sources(folder, ending) {
	const found = [];
	for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
		const at = path.join(folder, entry.name);
		if (entry.isDirectory())
			found.push(...sources(at, ending));
		else if (entry.isFile() && at.endsWith(ending))
			found.push(at);
	}
	return found.sort();
}

// The standard library's headers, which every toolbox has.
const files = sources('/usr/include/c++', '.h').slice(0, 250);
const documents = [];
const words = new Map();
const handlers = [];
for (const file of files) {
	const lines = fs.readFileSync(file, 'utf8').split('\n');
	const document = { name: path.basename(file), size: lines.length, tags: [], lines: [] };
	lines.forEach((text, number) => {
		const found = text.match(/\w+/g) || [];
		document.lines.push({ number, text, words: found.length, indent: text.search(/\S/), share: found.length / (text.length + 1) });
		for (const word of found) {
			if (!words.has(word))
				words.set(word, []);
			words.get(word).push({ document, number });
		}
	});
	document.tags = [...new Set(lines.join(' ').match(/\b_[A-Z]\w+/g) || [])].slice(0, 40);
	documents.push(document);
	handlers.push({ name: document.name, run: (n) => document.lines[n % document.size].text + file });
}
const text = JSON.stringify(documents.slice(0, 60), null, 1);
const parsed = JSON.parse(text);
const index = {};
for (const [word, places] of words)
	index[word] = { count: places.length, first: places[0].number, in: places.map((place) => place.document.name).slice(0, 5) };
globalThis.heap = { documents, words, handlers, text, parsed, index };
console.log('ready');
setInterval(() => globalThis.heap.handlers[0].run(1), 1 << 30);
