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
ENTRYPOINT ["sellerspec"]
CMD ["--help"]
