/**
 * Builds the programs of Kubernetes that the tests run, from their Go modules, into the cache: `node scripts/kubernetes/build.ts`.
 * What is there already is left; `--again` builds all of them anew. Needs the module proxy of Go.
 */
import { renameSync, rmSync, statSync } from 'node:fs'
import { must } from '../lib/exec.ts'
import { goProgram } from './go.ts'
import {
  KUBERNETES_VERSION,
  PROGRAMS,
  kubernetesProgram,
  missingKubernetesPrograms,
} from './programs.ts'
import type { ProgramName } from './programs.ts'

const SYMBOL = 'k8s.io/component-base/version'
const [, major, minor] = /^v(\d+)\.(\d+)/.exec(KUBERNETES_VERSION) ?? []
/** Programs of one cluster compare their versions, and take none for one that is too old. */
const LINKED = [
  `-ldflags=-s -w -X ${SYMBOL}.gitVersion=${KUBERNETES_VERSION} -X ${SYMBOL}.gitMajor=${major} -X ${SYMBOL}.gitMinor=${minor}`,
]

const [again] = process.argv.slice(2)
const wanted = again === '--again' ? PROGRAMS.map(({ name }) => name) : missingKubernetesPrograms()
const go = wanted.length === 0 ? '' : await goProgram()
if (wanted.length === 0) console.log(`kubernetes ${KUBERNETES_VERSION}: all programs are there`)
for (const { name, from } of PROGRAMS) if (wanted.includes(name)) await build(name, from)

async function build(name: ProgramName, from: string): Promise<void> {
  const began = Date.now()
  console.log(`${name}: builds`)
  const program = kubernetesProgram(name)
  const made = `${program}.${process.pid}.new`
  try {
    // Compilers are large: more than two at a time would fill a small machine.
    await must('nice', [go, 'build', '-p=2', '-trimpath', ...LINKED, `-o=${made}`, from], {
      cwd: import.meta.dirname,
      env: { ...process.env, CGO_ENABLED: '0' },
    })
    renameSync(made, program)
  } finally {
    rmSync(made, { force: true })
  }
  const mib = Math.round(statSync(program).size / 1024 / 1024)
  console.log(`${name}: ${mib} MiB, ${Math.round((Date.now() - began) / 1000)} s`)
}
