#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A short run of the decompressor's fuzzer, as a test: so many inputs, from the seeds on.
set -u

runs=${FUZZ_RUNS:-12000}
log=build/fuzz/decompressor.log
# What is found goes to a folder of its own and is not kept: a run repeats with its seed.
rm -rf build/fuzz/found
mkdir -p build/fuzz/artifacts build/fuzz/found
build/fuzz/decompressor -runs="$runs" -seed="${PAMCARD_SEED:-1}" -max_len=4097 -timeout=60 \
	-artifact_prefix=build/fuzz/artifacts/ build/fuzz/found build/fuzz/decompressor.seeds > "$log" 2>&1
status=$?
tail -2 "$log" | sed 's/^/# /'
if [ $status = 0 ]; then
	echo "ok $runs inputs: the decompressor does what liblz4 does"
else
	grep -v '^#' "$log" | tail -40 | sed 's/^/# /'
	echo "not ok the decompressor differs from liblz4; input in build/fuzz/artifacts"
fi
exit $status
