# The worker: `docker build -t dmsa .`. Debian, as Temporal's native core needs glibc.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
# The slim image has no CA certificates, which a TLS connection to Temporal needs.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node /var/lib/dmsa
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# User 1000; it owns nothing but the records.
USER node
ENTRYPOINT ["node", "dist/src/bin/main.js"]
CMD ["worker"]
