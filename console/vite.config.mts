/** How the console is built: one entry, pages as chunks of their own, hashed names below `assets/`. */
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // The API serves it at its root.
  base: '/',
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    // Which files the first load is made of; a test holds how large they are.
    manifest: 'manifest.json',
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: {
      onLog(level, log, handle) {
        // `"use client"` means something to servers that render; here it is only left out.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
});
