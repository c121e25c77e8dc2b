# Builds with everything, ships without the tools. One image runs every process: the API by default,
# `node --max-semi-space-size=32 dist/workers/main.js` for workers, `node bin/billing.js` for the command line.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No dependency needs its install script here: native parts come as prebuilt packages.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json tsconfig.browser.json ./
COPY src ./src
COPY workers ./workers
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
# A container is reached from outside it, so the API listens on all its addresses; it demands API_KEYS.
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
# The simulator's folder; a volume mounted here takes over its owner.
RUN mkdir /data && chown node:node /data
COPY package.json ./
COPY bin ./bin
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 3000
# Meant for the API; a worker has no port, so switch the check off there.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/server.js"]
