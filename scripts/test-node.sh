#!/usr/bin/env bash
# Runs the suite under other Node releases than the installed one, each taken from the npm package
# `node`. Needs the registry, so it is no part of the default run.
#   npm run test:node                      22 and 24, the whole suite
#   npm run test:node -- --project unit    arguments go to vitest
#   NODE_RELEASES="20 26" npm run test:node
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for release in ${NODE_RELEASES:-22 24}; do
  printf 'Node %s: %s\n' "$release" "$(npx -y "node@$release" --version)"
  npx -y "node@$release" node_modules/vitest/vitest.mjs run "$@"
done
