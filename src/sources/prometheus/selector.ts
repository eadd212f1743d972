/** What tells of the memory of containers and processes; see parsers/series/prometheus-metrics.ts. */
const METRICS = [
  'container_memory_(usage_bytes|working_set_bytes|rss|swap|max_usage_bytes|failcnt)',
  'container_(oom_events_total|processes|spec_memory_limit_bytes|start_time_seconds)',
  'kube_pod_container_(resource_limits|status_restarts_total)',
  'process_(resident_memory_bytes|start_time_seconds)',
].join('|')

/**
 * The query for what a user wrote: PromQL stays as it is; labels alone, `{pod="cart-0"}`, ask for all that is known of them;
 * and so does the bare name of a container or a pod.
 */
export function queryFor(text: string): string {
  const given = text.trim()
  if (/^\{(?!.*__name__)[^{}]+\}$/.test(given)) return selector(given.slice(1, -1))
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(given)) return given
  return ['container', 'name', 'pod'].map((label) => selector(`${label}="${given}"`)).join(' or ')
}

function selector(labels: string): string {
  return `{__name__=~"${METRICS}",${labels}}`
}
