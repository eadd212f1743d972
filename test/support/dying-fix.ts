/** Makes or takes back a fix of three files, and dies on the way: `dying-fix.ts FOLDER STEP before|after apply|undo`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyPlan, undoFix } from '../../src/remedy/engine.ts'
import type { FixStep } from '../../src/model/fix.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { fixStore } from '../../src/store/fixes.ts'

const [folder = '', at = '', when = '', action = ''] = process.argv.slice(2)
const target = { kind: 'unit', name: 'web.service' } as const

function write(step: FixStep, text: string): void {
  const here = step.id === at && (action === 'apply') === (text === 'after')
  if (here && when === 'before') process.kill(process.pid, 'SIGKILL')
  writeFileSync(join(folder, 'world', step.id), text)
  if (here) process.kill(process.pid, 'SIGKILL')
}

const workshop = {
  drivers: [
    {
      platform: 'systemd' as const,
      handles: () => true,
      plan: () => Promise.reject(new Error('not asked for')),
      carryOut: async (step: FixStep) => {
        write(step, 'after')
        return {}
      },
      takeBack: async (step: FixStep) => write(step, 'before'),
    },
  ],
  store: fixStore(folder),
  hands: { reader: hostReader(), signal: new AbortController().signal },
}

if (action === 'undo') await undoFix(target, workshop, { force: false })
else {
  await applyPlan(
    {
      plan: {
        platform: 'systemd',
        target,
        method: 'file',
        title: 'change three files',
        risk: 'low',
        warnings: [],
        changes: [],
        diff: '',
        steps: ['a', 'b', 'c'].map((file) => ({
          id: file,
          says: `write ${file}`,
          command: null,
          data: { file },
        })),
        workload: { image: null, imageId: null, command: [] },
      },
      change: { kind: 'limit', limitBytes: 1 << 28, requestBytes: null },
      subject: { platform: 'cgroup', name: 'web.service', id: null, image: null },
      caseId: null,
      remedyId: null,
      layer: 'container',
      evidence: [],
    },
    workshop,
  )
}
