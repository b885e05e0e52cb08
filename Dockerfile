# Builds with the same command as everybody else; what is kept is one binary and the files for the browser.
FROM rust:1.95-trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The tools, the crates and what was compiled stay in caches of the builder, or each change would pay for all of them.
RUN --mount=type=cache,target=/root/.cache/weconnect --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target/cache CARGO_TARGET_DIR=target/cache cargo xtask build --release \
    && mkdir -p /out && cp target/cache/release/weconnect target/cache/release/hash.txt /out/ && cp -r target/site /out/site \
    && strip --strip-debug /out/weconnect

FROM debian:trixie-slim
RUN useradd --system --home-dir /data --create-home weconnect
COPY --from=build /out /opt/weconnect
ENV LISTEN=0.0.0.0:3000 DATA_DIR=/data SITE_DIR=/opt/weconnect/site
USER weconnect
WORKDIR /data
VOLUME /data
EXPOSE 3000
ENTRYPOINT ["/opt/weconnect/weconnect"]
