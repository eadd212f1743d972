/** That the benches of clusters still run and print their figures: `node bench/smoke/cluster.ts`. They are not judged here. Needs root and the programs of Kubernetes. */
import { fileURLToPath } from 'node:url'
import { printsFigures } from '../prints-figures.ts'

const CLUSTER = fileURLToPath(new URL('../cluster/', import.meta.url))

printsFigures(CLUSTER, [
  {
    args: ['audit.ts', '60', '1'],
    prints: /"pods":60,.*\nstella audit --cluster: \d[\s\S]*kubectl get pods -A -o json: \d/,
  },
  { args: ['watch.ts', '2000'], prints: /2000 changes: heap \d.* MiB/ },
])
