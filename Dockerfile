# One image for every role: `docker compose` says which one a container plays.
# Where your registry gives a digest, pin it: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev

# Bundling needs a compiler that running does not.
FROM packages AS bundle
COPY activities ./activities
COPY workflows ./workflows
COPY src ./src
RUN node src/workflow-bundle.ts

# Only what runs: no Node for other hosts, none of Temporal's core for other platforms or as source.
FROM packages AS production
RUN npm prune --omit=dev --omit=optional \
 && cd node_modules/@temporalio/core-bridge \
 && find releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} + \
 && test -n "$(ls releases)" \
 && rm -r sdk-core src bridge-macros

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Deskbridge" \
      org.opencontainers.image.description="Connects the conversations inside an app to the tools its team answers from" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY --from=production /app/node_modules ./node_modules
COPY --from=bundle /app/workflow-bundle.js ./
COPY package.json LICENSE ./
COPY activities ./activities
COPY workflows ./workflows
COPY src ./src
ENV NODE_ENV=production HOST=0.0.0.0 METRICS_HOST=0.0.0.0 METRICS_PORT=9464
USER node
EXPOSE 3000
# Ready, not only alive: a worker without Temporal and an API without its database do not look well.
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.METRICS_PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "src/main.ts"]
CMD ["api"]
