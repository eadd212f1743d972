FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN useradd --system app
USER app
EXPOSE 8000
CMD ["gunicorn", "--workers=4", "--max-requests=1000", "--bind=0.0.0.0:8000", "shop.wsgi"]
