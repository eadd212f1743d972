type Environment = Readonly<Record<string, string | undefined>>

/** Other programs never go through a proxy to their own machine. */
const OWN = ['localhost', '127.0.0.1', '[::1]', '::1']

let inUse = ''

/**
 * Makes `fetch` go through the proxies of the usual variables. It knows them only when it is told to, which the first
 * versions of Node 24 cannot be.
 */
export function useProxies(env: Environment): void {
  const either = (name: string): string => env[name] ?? env[name.toLowerCase()] ?? ''
  const [http, https] = [either('HTTP_PROXY'), either('HTTPS_PROXY')]
  const settings = {
    ...(http === '' ? {} : { HTTP_PROXY: http }),
    ...(https === '' ? {} : { HTTPS_PROXY: https }),
    NO_PROXY: [either('NO_PROXY'), ...OWN].filter((name) => name !== '').join(','),
  }
  const { setGlobalProxyFromEnv } = process.getBuiltinModule('node:http')
  const isAsked = http !== '' || https !== ''
  if (!isAsked || inUse === JSON.stringify(settings)) return
  inUse = JSON.stringify(settings)
  if (typeof setGlobalProxyFromEnv === 'function') setGlobalProxyFromEnv(settings)
}
