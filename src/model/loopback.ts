/** Whether a host, with or without a port, is this machine itself: what is sent there leaves it by no cable. */
export function isLoopback(host: string): boolean {
  return /^(?:(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?|::1)$/i.test(host)
}
