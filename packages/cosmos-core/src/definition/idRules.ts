/** What the SDK and the service want of an id, whatever a container's schema says of it. */
export const writableIdRules = {
  characters: {
    holds: (id: string): boolean => !/[/\\?#]/.test(id),
    message: "must have none of the characters / \\ ? #",
  },
  end: { holds: (id: string): boolean => !id.endsWith(" "), message: "must not end with a space" },
} as const;
