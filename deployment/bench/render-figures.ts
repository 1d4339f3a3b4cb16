import type { Figure } from './figure.ts'

const headings = ['what', 'figure', 'budget', 'ratio', 'met']

const cellsOf = ({ what, figure, budget, ratio, met }: Figure): string[] => [
  what,
  figure,
  budget ?? '',
  ratio?.toFixed(2) ?? '',
  met === undefined ? '' : met ? 'yes' : 'no',
]

/** The figures as a table of aligned columns. */
export const renderFigures = (figures: readonly Figure[]): string => {
  const rows = [headings, ...figures.map(cellsOf)]
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}
