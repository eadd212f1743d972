/** Writes the dashboards of Grafana: `node scripts/dashboards.ts`. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dashboards } from './lib/dashboards/index.ts'

for (const [name, json] of dashboards()) {
  writeFileSync(
    fileURLToPath(new URL(`../deploy/grafana/dashboards/${name}`, import.meta.url)),
    json,
  )
}
