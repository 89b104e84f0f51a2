// The dashboards against Grafana's own types: node schema.js MODULES DASHBOARD.json…
//
// Each dashboard becomes a constant of a TypeScript program, each panel one of the type that its kind has in
// @grafana/schema, each query one of the foundation SDK's Prometheus queries. The compiler then finds what
// Grafana would not know: a member that it has not, a value that it does not take, a kind of panel without a type.
// Before that it must find every fault that is planted in a copy of the dashboards.
import {createRequire} from "node:module";
import {readFileSync, writeFileSync} from "node:fs";
import {basename, join, resolve} from "node:path";

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(resolve(modules) + "/");
const ts = require("typescript");

const PANELS = {
    stat: ["stat/panelcfg/x/StatPanelCfg_types.gen", false],
    bargauge: ["bargauge/panelcfg/x/BarGaugePanelCfg_types.gen", false],
    table: ["table/panelcfg/x/TablePanelCfg_types.gen", true],
    timeseries: ["timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen", true],
};

// JSON has the values of enumerations, not their names.
const PREAMBLE = `
import type {Dashboard, Panel, RowPanel, FieldConfigSource, FieldConfig} from "./node_modules/@grafana/schema/dist/esm/raw/dashboard/x/dashboard_types.gen";
import type {Dataquery} from "@grafana/grafana-foundation-sdk/prometheus";
${Object.entries(PANELS).map(([kind, [path]]) => `import type * as ${kind} from "./node_modules/@grafana/schema/dist/esm/raw/composable/${path}";`).join("\n")}
type Plain<T> = T extends string ? \`\${T}\` : T extends (infer U)[] ? Plain<U>[]
    : T extends object ? {[K in keyof T]: Plain<T[K]>} : T;
type Query = Plain<Omit<Dataquery, "_implementsDataqueryVariant">>;
interface Fields<Custom> extends Omit<Plain<FieldConfigSource>, "defaults"> {
    defaults: Omit<Plain<FieldConfig>, "custom"> & {custom?: Partial<Plain<Custom>>};
}
interface Typed<Kind, Options, Custom> extends Omit<Plain<Panel>, "type" | "options" | "targets" | "fieldConfig"> {
    type: Kind; options: Partial<Plain<Options>>; targets: Query[]; fieldConfig: Fields<Custom>;
}
`;

function type_of(panel) {
    if (panel.type === "row") return "Plain<RowPanel>";
    const known = PANELS[panel.type];
    if (!known) return "never";
    return `Typed<"${panel.type}", ${panel.type}.Options, ${known[1] ? `${panel.type}.FieldConfig` : "{}"}>`;
}

function program_of(dashboard) {
    const {panels, ...rest} = dashboard;
    const constants = panels.map((panel) =>
        `export const panel_${panel.id}: ${type_of(panel)} = ${JSON.stringify(panel, null, 1)};`);
    const whole = `export const dashboard: Omit<Plain<Dashboard>, "panels"> = ${JSON.stringify(rest, null, 1)};`;
    return [PREAMBLE, whole, ...constants].join("\n");
}

/// What the compiler says of each dashboard, by name.
function judge(dashboards) {
    const sources = Object.entries(dashboards).map(([name, dashboard]) => {
        const file = join(resolve(modules), `${name}.ts`);
        writeFileSync(file, program_of(dashboard));
        return [file, name];
    });
    const options = {noEmit: true, strict: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler};
    const program = ts.createProgram(sources.map(([file]) => file), options);
    const found = Object.fromEntries(sources.map(([, name]) => [name, []]));
    for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
        const name = basename(diagnostic.file?.fileName ?? sources[0][0], ".ts");
        const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
        const line = diagnostic.file?.text.slice(diagnostic.start, diagnostic.start + 60).split("\n")[0];
        (found[name] ?? found[sources[0][1]]).push(`${name}: ${text} (${line})`);
    }
    return found;
}

// The types bite: each of these makes a dashboard that Grafana would misread.
const PLANTED = {
    a_member_of_a_dashboard: (one) => (one.refreshes = "10s"),
    a_kind_of_panel: (one) => (one.panels[0].type = "stats"),
    a_member_of_a_panel: (one) => (one.panels[0].tilte = "x"),
    a_mode_of_colour: (one) => (one.panels[0].fieldConfig.defaults.color.mode = "threshold"),
    a_mode_of_thresholds: (one) => (one.panels[0].fieldConfig.defaults.thresholds.mode = "relative"),
    an_option: (one) => (one.panels.find(({type}) => type === "stat").options.colourMode = "value"),
    a_value_of_an_option: (one) => (one.panels.find(({type}) => type === "stat").options.colorMode = "back"),
    a_style: (one) => (one.panels.find(({type}) => type === "timeseries").fieldConfig.defaults.custom.drawStyle = "bar"),
    a_cell: (one) => (one.panels.find(({type}) => type === "table").options.cellHeight = "tiny"),
    a_member_of_a_query: (one) => (one.panels[0].targets[0].expression = "up"),
    a_format_of_a_query: (one) => (one.panels[0].targets[0].format = "tabel"),
    a_number_as_text: (one) => (one.panels[0].gridPos.h = "4"),
    a_variable: (one) => (one.templating.list[0].type = "data"),
};

const dashboards = Object.fromEntries(files.map((file) => [basename(file, ".json"), JSON.parse(readFileSync(file, "utf8"))]));
const planted = {};
for (const [fault, plant] of Object.entries(PLANTED)) {
    planted[fault] = structuredClone(dashboards.duty);
    plant(planted[fault]);
}
const found = judge({...dashboards, ...planted});
let wrong = 0;
for (const name of Object.keys(dashboards)) {
    for (const text of found[name]) wrong = console.log(text) ?? 1;
}
for (const fault of Object.keys(PLANTED)) {
    if (found[fault].length === 0) wrong = console.log(`not found: ${fault}`) ?? 1;
}
const panels = Object.values(dashboards).flatMap(({panels}) => panels);
console.log(`${files.length} dashboards, ${panels.length} panels, ${panels.flatMap(({targets}) => targets ?? []).length} ` +
    `queries; ${Object.keys(PLANTED).length} planted faults`);
process.exitCode = wrong;
