/** Asks package managers what is installed: the truth of images that they filled. */
import { must } from '../lib/exec.ts'
import { z } from 'zod/mini'

/** Of a folder that dpkg knows as a root. */
export async function debPackages(listed: string): Promise<readonly string[]> {
  return sorted(
    listed
      .split('\n')
      .map((line) => line.split('\t'))
      .flatMap(([status, name, version]) =>
        status === 'installed' ? [`${name ?? ''}@${version ?? ''}`] : [],
      ),
  )
}

/** What `dpkg-query` has to print for {@link debPackages}. */
export const DPKG_QUERY = "dpkg-query -W -f '${db:Status-Status}\\t${Package}\\t${Version}\\n'"

const Tree: z.ZodMiniType<NpmTree> = z.object({
  name: z.optional(z.string()),
  version: z.optional(z.string()),
  dependencies: z.optional(
    z.record(
      z.string(),
      z.lazy(() => Tree),
    ),
  ),
})
interface NpmTree {
  name?: string | undefined
  version?: string | undefined
  dependencies?: Record<string, NpmTree> | undefined
}

/** Of a folder with `node_modules`: also those that nothing needs, and each once. */
export async function npmPackages(folder: string): Promise<readonly string[]> {
  const listed = await must('bash', [
    '-c',
    'cd "$0" && { npm ls --all --json --long=false 2>/dev/null || true; }',
    folder,
  ])
  const found = new Set<string>()
  const walk = ({ dependencies = {} }: NpmTree): void => {
    for (const [name, tree] of Object.entries(dependencies)) {
      if (tree.version !== undefined) found.add(`${tree.name ?? name}@${tree.version}`)
      walk(tree)
    }
  }
  walk(Tree.parse(JSON.parse(listed)))
  return sorted([...found])
}

const Wheels = z.array(z.object({ name: z.string(), version: z.string() }))

export async function pythonPackages(folder: string): Promise<readonly string[]> {
  const listed = await must('python3', ['-m', 'pip', 'list', '--path', folder, '--format', 'json'])
  const wheels = Wheels.parse(JSON.parse(listed))
  return sorted(
    wheels.map(
      ({ name, version }) => `${name.toLowerCase().replaceAll(/[-_.]+/g, '-')}@${version}`,
    ),
  )
}

/** As `gem list --local` prints them: `rake (13.2.1, default: 13.0.6)`. */
export function gems(listed: string): readonly string[] {
  return sorted(
    [...listed.matchAll(/^(\S+) \((.+)\)$/gm)].flatMap(([, name = '', versions = '']) =>
      versions.split(', ').map((version) => `${name}@${version.replace('default: ', '')}`),
    ),
  )
}

export function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted()
}
