import { CONTAINER_MEMORY } from './container-memory.ts'
import { dashboardJson } from './panels.ts'
import { SCANNER_MEMORY } from './scanner-memory.ts'

/** The dashboards of deploy/grafana/dashboards: file names and what is in them. */
export function dashboards(): Map<string, string> {
  return new Map(
    [CONTAINER_MEMORY, SCANNER_MEMORY].map((dashboard) => [
      `${dashboard.uid.replace(/^stella-/, '')}.json`,
      dashboardJson(dashboard),
    ]),
  )
}
