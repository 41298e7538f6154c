package com.acme;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers {@code GET /species?measures=5.1,3.5,1.4,0.2} with JSON, on this machine only. */
public final class IrisServer implements AutoCloseable {
    private static final String MEASURES = "measures=";

    private final Iris iris;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    /** Starts to serve; port 0 takes any that is free. */
    public IrisServer(Iris iris, int port) throws IOException {
        this.iris = iris;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/species", this::answer);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String query = exchange.getRequestURI().getQuery();
            if (query == null || !query.startsWith(MEASURES)) {
                reply(exchange, 400, "{\"error\": \"measures=…,…,…,… is missing\"}");
                return;
            }
            try {
                String[] cells = query.substring(MEASURES.length()).split(",");
                float[] measures = new float[cells.length];
                for (int i = 0; i < cells.length; i++) measures[i] = Float.parseFloat(cells[i]);
                Iris.Answer a = iris.species(measures);
                reply(exchange, 200, String.format(
                        Locale.ROOT, "{\"species\": \"%s\", \"probability\": %.4f}", a.species(), a.probability()));
            } catch (IllegalArgumentException e) { // four numbers were wanted
                reply(exchange, 400, "{\"error\": \"measures are four numbers\"}");
            }
        }
    }

    private static void reply(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = (json + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
