/** Where the control data keeps how many partitions there are. */
export const partitionsSetting = 'bus.partitions';
