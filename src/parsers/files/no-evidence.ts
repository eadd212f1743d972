/** Who writes a README tells what happened. That is no evidence, however well it reads. */
const NO_EVIDENCE = /^readme/i

/** Whether a file that lies in a folder of evidence is none. One that was named itself is read whatever it is called. */
export function isNoEvidence(name: string): boolean {
  return NO_EVIDENCE.test(name)
}
