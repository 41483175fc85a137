/** A font of the fallback chain. Paths are resolved where they are needed: a file that is not read costs nothing. */
export interface FontFile {
  readonly name: string;
  readonly regular: () => string;
  /** Fonts without a bold face are thickened by a stroke. */
  readonly bold?: () => string;
  /** Letters that join or turn around are laid out as a run; others stand one beside the other. */
  readonly isShaped: boolean;
}

/**
 * The first font that has a character draws it. All are Noto under the OFL: Latin, Greek, Cyrillic and Devanagari;
 * Arabic and Hebrew; Han, Kana and Bopomofo in the simplified Chinese cut; Hangul; emoji in one colour.
 */
export const fontChain: readonly FontFile[] = [
  {
    name: 'NotoSans',
    regular: () => require.resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'),
    bold: () => require.resolve('@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf'),
    isShaped: false,
  },
  {
    name: 'NotoSansArabic',
    regular: () =>
      require.resolve('@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf'),
    isShaped: true,
  },
  {
    name: 'NotoSansHebrew',
    regular: () =>
      require.resolve('@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf'),
    isShaped: true,
  },
  {
    name: 'NotoSansSC',
    regular: () => require.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
    isShaped: false,
  },
  {
    name: 'NotoSansKR',
    regular: () => require.resolve('@expo-google-fonts/noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf'),
    isShaped: false,
  },
  {
    name: 'NotoEmoji',
    regular: () => require.resolve('@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf'),
    isShaped: true,
  },
];
