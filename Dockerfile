FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY openapi openapi
COPY schemas schemas
COPY tests/examples tests/examples
RUN pip install --no-cache-dir --prefix=/install './[sandbox,record]'

FROM python:3.13-slim AS base
COPY --from=build /install /usr/local
RUN useradd --create-home --uid 1000 sellerspec
USER 1000
WORKDIR /work

FROM base AS server
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/__sellerspec/', timeout=2)"]

# docker build --target sandbox; arguments: MARKETPLACE [OPTIONS]
FROM server AS sandbox
ENTRYPOINT ["sellerspec", "serve", "--host", "0.0.0.0", "--port", "8000"]
CMD ["tiki"]

# docker build --target proxy; arguments: MARKETPLACE --upstream URL [OPTIONS]
FROM server AS proxy
ENTRYPOINT ["sellerspec", "proxy", "--host", "0.0.0.0", "--port", "8000"]
CMD ["--help"]

# without a target: the command line
FROM base
EXPOSE 8000
ENTRYPOINT ["sellerspec"]
CMD ["--help"]
