/** Whatever the engine of labs looks at, somebody else may learn of. */
import type { Backend, Site } from '../../labs/backends/backend.ts'
import type { Bench } from '../../labs/bench.ts'
import type { Workload } from '../../labs/lab.ts'
import type { Seen } from '../../labs/view.ts'

export type OnSeen = (site: Site, workload: Workload, seen: Seen) => void

/** The same bench, whose looks are told. */
export function overheard(bench: Bench, onSeen: OnSeen): Bench {
  const told = (backend: Backend): Backend => ({
    ...backend,
    async look(site, workload) {
      const seen = await backend.look(site, workload)
      onSeen(site, workload, seen)
      return seen
    },
  })
  const { docker, podman, cgroup, files } = bench.backends
  return {
    ...bench,
    backends: {
      docker: told(docker),
      podman: told(podman),
      cgroup: told(cgroup),
      files: told(files),
    },
  }
}
