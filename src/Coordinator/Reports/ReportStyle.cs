namespace MoR.Coordinator.Reports;

/// <summary>The style sheet of the report.</summary>
internal static class ReportStyle
{
    public const string Css =
        """
        :root { color-scheme: light dark; --page: #fbfbf9; --panel: #ffffff; --ink: #1d1d1b; --quiet: #63625d;
          --line: #e3e2dd; --accent: #1f66b0; --warm: #b4541a; }
        @media (prefers-color-scheme: dark) { :root { --page: #151514; --panel: #1d1d1b; --ink: #e9e7e2;
          --quiet: #a09e97; --line: #34332f; --accent: #7db3ea; --warm: #e59a63; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; }
        h1 { font-size: 1.6rem; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.05rem; margin: 2.25rem 0 .5rem; }
        h3 { font-size: .85rem; font-weight: 600; margin: 0 0 .25rem; }
        p, ul { margin: .25rem 0; }
        .quiet { color: var(--quiet); }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem;
          margin: 1.25rem 0; }
        .facts div, figure, .notices { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; }
        .facts div { padding: .6rem .8rem; }
        .facts dt { color: var(--quiet); font-size: .8rem; }
        .facts dd { margin: 0; font-size: 1.15rem; font-variant-numeric: tabular-nums; }
        .hash { font-family: ui-monospace, "Liberation Mono", monospace; font-size: .8rem; overflow-wrap: anywhere; }
        figure { margin: .5rem 0; padding: .75rem; overflow-x: auto; }
        figcaption { color: var(--quiet); font-size: .8rem; margin-top: .25rem; }
        .small { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: .75rem; }
        .small figure { margin: 0; }
        .notices { padding: .6rem .8rem .6rem 2rem; border-left: 3px solid var(--warm); }
        .table { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { text-align: right; padding: .3rem .9rem; border-bottom: 1px solid var(--line); }
        th { color: var(--quiet); font-weight: 600; font-size: .85rem; }
        th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; padding-left: 0; }
        pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .8rem;
          overflow-x: auto; font: 13px/1.45 ui-monospace, "Liberation Mono", monospace; }
        svg { display: block; width: 100%; height: auto; }
        svg text { fill: var(--quiet); font-size: 11px; font-variant-numeric: tabular-nums; }
        svg path { fill: none; }
        .end { text-anchor: end; } .middle { text-anchor: middle; } svg text.inverse { fill: var(--panel); }
        svg text.strong { fill: var(--ink); } .wide svg { min-width: 44rem; }
        .grid { stroke: var(--line); } .mark { stroke: var(--warm); stroke-width: 2; } .cell { fill: var(--accent); }
        .raw { stroke: var(--accent); stroke-opacity: .35; stroke-width: 1; stroke-linejoin: round; }
        .main { stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        """;
}
