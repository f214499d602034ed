/** Give the browser a text to save as a file. */
export function saveAs(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}

/** Have the browser save what is at one of our own addresses: it says by itself that it is to be saved. */
export function openAt(url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = ''
  link.click()
}
