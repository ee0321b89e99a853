#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The example of the README does what it says.
result=$(build/examples/keep)
[ "$result" = "success: a page that went out" ] && echo "ok a page comes back" || { echo "not ok said: $result"; exit 1; }
build/examples/keep vfio-user:/nonexistent 2>&1 | grep -q "does pamsim serve there" &&
	echo "ok a missing server is named" || { echo "not ok a missing server is not named"; exit 1; }
