import { whyNoGuest } from '../../scripts/guest/guest.ts'
import { getKernel, type KernelName } from '../../scripts/guest/kernels.ts'

/** Says so where the guest cannot run; under CI that is a failure. */
export async function cannotBoot(name: KernelName): Promise<boolean> {
  const reason = whyNoGuest() ?? (await whyNoKernel(name))
  if (reason === null) return false
  if (process.env['CI'] === 'true') throw new Error(reason)
  console.warn(`skipped: kernel ${name}: ${reason}`)
  return true
}

async function whyNoKernel(name: KernelName): Promise<string | null> {
  try {
    await getKernel(name)
    return null
  } catch (error) {
    return `needs a kernel from Debian: ${String(error).split('\n')[0]}`
  }
}
