import { formattedValueToString, PanelPlugin, type PanelProps } from '@grafana/data';
import { config } from '@grafana/runtime';
import { ringPath } from './arcs';
import {
  addCalculation,
  addOrientation,
  colorByThresholds,
  Values,
  type SingleValueOptions,
} from './single-values';
import { standInMeta } from './stand-in-meta';

interface DialProps {
  /** From 0 to 1. */
  share: number;
  text: string;
  title: string;
  color: string;
  width: number;
  height: number;
}

/** Three quarters of a turn, open at the bottom. */
const dial = { from: -0.375, to: 0.375 };

function Dial({ share, text, title, color, width, height }: DialProps) {
  const { colors } = config.theme2;
  const reach = dial.from + (dial.to - dial.from) * Math.min(Math.max(share, 0), 1);
  return (
    <svg width={width} height={height} viewBox="-110 -110 220 220" role="img" aria-label={`${title} ${text}`}>
      <path d={ringPath(100, 78, dial.from, dial.to)} fill={colors.background.secondary} />
      {share > 0 && <path d={ringPath(100, 78, dial.from, reach)} fill={color} />}
      <text textAnchor="middle" y={12} fontSize={38} fontWeight={500} fill={color}>
        {text}
      </text>
      <text textAnchor="middle" y={96} fontSize={18} fill={colors.text.primary}>
        {title}
      </text>
    </svg>
  );
}

function GaugePanel(props: PanelProps<SingleValueOptions>) {
  return (
    <Values
      props={props}
      sparkline={false}
      render={({ value, width, height, count }) => {
        const [min, max] = [value.field.min ?? 0, value.field.max ?? 100];
        return (
          <Dial
            share={(value.display.numeric - min) / (max - min || 1)}
            text={formattedValueToString(value.display)}
            title={count > 1 ? (value.display.title ?? '') : ''}
            color={value.display.color ?? config.theme2.colors.text.primary}
            width={width}
            height={height}
          />
        );
      }}
    />
  );
}

const plugin = new PanelPlugin<SingleValueOptions>(GaugePanel)
  .useFieldConfig({ standardOptions: colorByThresholds })
  .setPanelOptions((builder) => {
    addOrientation(addCalculation(builder));
  });
plugin.meta = standInMeta('gauge', 'Gauge');

export const gaugePanel = plugin;
