import type { ScannerFlags } from '../scanner/flags.ts'

/** The options of `stella doctor`. */
export interface DoctorFlags extends ScannerFlags {
  check?: readonly string[]
  format?: 'text' | 'table' | 'markdown' | 'json'
  prometheus?: string
  apply?: boolean
  yes?: boolean
  undo?: string
  force?: boolean
}
