# The server in an image: published by the SDK, run as user 1001 on a slim Debian with the few libraries that it calls.
# What is in it, and that it runs from a file system that cannot be written, is held by tests/wire/image.test.mjs.
FROM mcr.microsoft.com/dotnet/sdk:10.0.100 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src ./src
# Analyzers speak to whoever changes the code; ./test runs them.
RUN dotnet publish src/Credence.Server -c Release -o /app --nologo -p:RunAnalyzers=false -p:GenerateDocumentationFile=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0.0 AS runtime

FROM debian:12.11-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libcrypt1 libsodium23 libsqlite3-0 libssl3 libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 1001 credence \
    && useradd --uid 1001 --gid 1001 --no-create-home --shell /usr/sbin/nologin credence
COPY --from=runtime /usr/share/dotnet /usr/share/dotnet
COPY --from=build /app /app
ENV PATH="/app:${PATH}" DOTNET_ROOT=/usr/share/dotnet
USER 1001:1001
EXPOSE 3001
# Life, not readiness: a database that is away must not restart a process that would serve again as soon as it is back.
HEALTHCHECK --interval=10s --timeout=3s --start-period=40s --retries=3 CMD ["/app/credence", "health"]
ENTRYPOINT ["/app/credence"]
