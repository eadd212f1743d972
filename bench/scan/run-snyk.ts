/** Runs snyk-docker-plugin, which is a library: `node run-snyk.ts MODULES IMAGE OUTPUT`. Writes purls as CycloneDX has them. */
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { z } from 'zod/mini'

const [modules = '', image = '', output = ''] = process.argv.slice(2)

const Graph = z.object({
  pkgManager: z.object({ name: z.string() }),
  pkgs: z.array(
    z.object({
      info: z.object({
        name: z.string(),
        version: z.optional(z.string()),
        purl: z.optional(z.string()),
      }),
    }),
  ),
})
const Facts = z.object({
  scanResults: z.array(
    z.object({ facts: z.array(z.object({ type: z.string(), data: z.unknown() })) }),
  ),
})
const Plugin = z.object({ scan: z.instanceof(Function) })

const { scan } = Plugin.parse(createRequire(join(modules, 'x'))('snyk-docker-plugin'))
const answer: unknown = await Reflect.apply(scan, undefined, [{ path: image, 'app-vulns': true }])
const purls: string[] = []
for (const { facts } of Facts.parse(answer).scanResults) {
  for (const { type, data } of facts) {
    if (type !== 'depGraph') continue
    // A graph writes itself for JSON in another way than it is held.
    const graph = Graph.parse(JSON.parse(JSON.stringify(data)))
    for (const { info } of graph.pkgs) {
      // The image itself is the root.
      if (!info.name.startsWith('docker-image|'))
        purls.push(info.purl ?? named(graph.pkgManager.name, info))
    }
  }
}
writeFileSync(output, JSON.stringify({ components: purls.map((purl) => ({ purl })) }))

function named(
  manager: string,
  { name, version }: { name: string; version?: string | undefined },
): string {
  // Of Debian it gives the source before the package: `glibc/libc6`.
  const plain = manager === 'deb' ? (name.split('/').at(-1) ?? name) : name.replace(':', '/')
  return `pkg:${manager}/${plain}@${version ?? ''}`
}
