const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']

/** `fetch` knows the usual variables for proxies only when it is told to, which the first of Node 24 cannot be. */
export function useProxies(env: Readonly<Record<string, string | undefined>>): void {
  if (!VARIABLES.some((name) => (env[name] ?? '') !== '')) return
  const http = process.getBuiltinModule('node:http')
  if (typeof http.setGlobalProxyFromEnv === 'function') http.setGlobalProxyFromEnv({ ...env })
}
