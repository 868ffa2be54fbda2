FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY openapi openapi
COPY schemas schemas
COPY tests/examples tests/examples
RUN pip install --no-cache-dir --prefix=/install './[sandbox,record]'

FROM python:3.13-slim
COPY --from=build /install /usr/local
RUN useradd --create-home --uid 1000 sellerspec
USER 1000
WORKDIR /work
EXPOSE 8000
# serve tiki --host 0.0.0.0 --port 8000
# proxy tiki --host 0.0.0.0 --port 8000 --upstream https://api.tiki.vn
HEALTHCHECK --interval=10s --timeout=3s --start-period=2s CMD \
    ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/__sellerspec/')"]
ENTRYPOINT ["sellerspec"]
CMD ["--help"]
