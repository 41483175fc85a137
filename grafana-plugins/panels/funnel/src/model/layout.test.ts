import { chooseShape } from './layout';

const size = { width: 800, height: 300, stepCount: 5, groupCount: 1 };

describe('chooseShape', () => {
  it('stands where names have room, and lies where they have none', () => {
    expect(chooseShape('auto', size).isVertical).toBe(true);
    expect(chooseShape('auto', { ...size, width: 400 }).isVertical).toBe(false);
    expect(chooseShape('auto', { ...size, height: 100 }).isVertical).toBe(false);
    expect(chooseShape('auto', { ...size, stepCount: 10 }).isVertical).toBe(false);
  });

  it('does as it is told', () => {
    expect(chooseShape('vertical', { ...size, width: 200 }).isVertical).toBe(true);
    expect(chooseShape('horizontal', size).isVertical).toBe(false);
  });

  it('leaves out the text between bars, and above them, that has no room', () => {
    expect(chooseShape('vertical', size)).toMatchObject({ hasRoomBetween: true, hasRoomAbove: true });
    expect(chooseShape('vertical', { ...size, width: 400 }).hasRoomBetween).toBe(false);
    expect(chooseShape('vertical', { ...size, groupCount: 5 }).hasRoomAbove).toBe(false);
  });
});
