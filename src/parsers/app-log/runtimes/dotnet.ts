import type { Signature } from '../signature.ts'

import { runtimeOom } from '../signature.ts'

/** CoreCLR. 0x8007000E is E_OUTOFMEMORY. */
export const dotnet: Signature = {
  id: 'dotnet',
  needles: ['OutOfMemoryException', 'Out of memory.', '0x8007000E'],

  read(line) {
    if (
      /^Unhandled exception\. System\.OutOfMemoryException\b/i.test(line) ||
      /^Unhandled Exception: (?:System\.)?OutOfMemoryException\.?$/.test(line) ||
      line === 'Out of memory.'
    )
      return runtimeOom('dotnet', 'heap', 'yes', line, '.NET ended on an OutOfMemoryException')
    if (
      /^(?:GC heap initialization failed with error|Failed to create CoreCLR, HRESULT:) 0x8007000E/.test(
        line,
      )
    )
      return runtimeOom('dotnet', 'start', 'yes', line, '.NET got no memory for its heap at start')
    if (!/(?:^|[\s:("'])System\.OutOfMemoryException(?:[:\s"']|$)/.test(line)) return null
    return runtimeOom('dotnet', 'heap', 'no', line, '.NET reports an OutOfMemoryException')
  },
}
