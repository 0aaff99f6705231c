# The proxy, its admin plane and its CLI. Nothing but the data directory and /tmp is written to:
#   docker build --tag ficus .
#   docker run --read-only --tmpfs /tmp --publish 8080:8080 \
#     --volume "$PWD/etc:/etc/ficus:ro" --volume ficus-data:/var/lib/ficus ficus
# where etc/ holds routes.yaml. `docker exec CONTAINER ficus status` asks it how it is.

FROM node:26.10.0-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm install --omit=dev --no-workspaces --no-audit --no-fund \
  && chmod -R a+rX node_modules
# One Node is enough: the base image's is the very version that package.json pins for everybody else.
RUN rm -r node_modules/node \
  && mkdir -p node_modules/node/bin \
  && ln -s /usr/local/bin/node node_modules/node/bin/node

FROM node:26.10.0-slim AS dashboard
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm install --no-workspaces --ignore-scripts --no-audit --no-fund
COPY dashboard/index.html dashboard/tsconfig.json /app/dashboard/
COPY dashboard/src /app/dashboard/src
COPY dashboard/public /app/dashboard/public
COPY scripts/build-dashboard.ts scripts/dashboard-build.ts /app/scripts/
RUN node /app/scripts/build-dashboard.ts && chmod -R a+rX /app/dashboard/dist

FROM node:26.10.0-slim
ENV NODE_ENV=production
COPY --from=packages /app/node_modules /app/node_modules
COPY --from=dashboard /app/dashboard/dist /app/dashboard/dist
COPY package.json LICENSE /app/
COPY bin /app/bin
COPY cli /app/cli
COPY proxy /app/proxy
COPY scripts/probe.ts scripts/warm-compile-cache.ts /app/scripts/
COPY contracts/pacts /app/contracts/pacts
COPY contracts/states /app/contracts/states
# Where bin/ficus looks for it: nothing can be kept there once the image runs.
RUN NODE_COMPILE_CACHE=/app/node_modules/.cache/ficus node /app/scripts/warm-compile-cache.ts \
  && chmod -R a+rX /app/node_modules/.cache
RUN ln -s /app/bin/ficus /usr/local/bin/ficus \
  && install --directory --owner=node --group=node --mode=0711 /var/lib/ficus
# By number, so that Kubernetes can tell that it is not root.
USER 1000:1000
WORKDIR /var/lib/ficus
VOLUME /var/lib/ficus
EXPOSE 8080
HEALTHCHECK --interval=20s --timeout=5s --start-period=60s CMD ["node", "/app/scripts/probe.ts", "/healthz"]
ENTRYPOINT ["/app/bin/ficus"]
CMD ["up", "--config", "/etc/ficus/routes.yaml", "--data-dir", "/var/lib/ficus"]
