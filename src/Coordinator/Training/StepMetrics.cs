using System.Text.Json;
using MoR.Cluster.Membership;
using MoR.Coordinator.Runs;
using MoR.Model.Optimisation;

namespace MoR.Coordinator.Training;

/// <summary>Lines of <c>metrics.jsonl</c>; docs/FILES.md lists the keys.</summary>
internal static class StepMetrics
{
    /// <summary>A step.</summary>
    public static void Append(MetricsLog log, StepReport report, StepWork work, double seconds, ClusterLoad? load) =>
        log.Append(report.Step, json =>
        {
            WriteFinite(json, "loss", report.Loss);
            json.WriteNumber("learning_rate", report.LearningRate);
            WriteFinite(json, "gradient_norm", report.GradientNorm);
            json.WriteBoolean("skipped", report.Skipped);
            json.WriteNumber("tokens", work.Tokens);
            json.WriteNumber("targets", work.Targets);
            json.WriteNumber("seconds", Math.Round(seconds, 6));
            WriteFinite(json, "tokens_per_second", Math.Round(work.Tokens / seconds, 1));
            foreach (var (name, value) in report.AuxiliaryLosses.OrderBy(item => item.Key, StringComparer.Ordinal))
            {
                WriteFinite(json, name, value);
            }

            json.WriteNumber("load_cv", LoadStatistics.CoefficientOfVariation(report.Load.Values));
            if (report.MaskedShards.Count > 0)
            {
                json.WriteStartArray("masked_shards");
                foreach (var shard in report.MaskedShards)
                {
                    json.WriteNumberValue(shard);
                }

                json.WriteEndArray();
            }

            if (load is not null)
            {
                ClusterMetrics.Write(json, load);
            }

            WriteSites(json, "load", report.Load, (writer, value) => writer.WriteNumberValue(value));
            WriteSites(json, "statistics", report.Statistics, WriteFiniteValue);
        });

    /// <summary>An evaluation.</summary>
    public static void AppendEvaluation(MetricsLog log, long step, IReadOnlyDictionary<string, TaskScore> scores) =>
        log.Append(step, json =>
        {
            json.WriteStartObject("evaluation");
            foreach (var (task, score) in scores.OrderBy(item => item.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject(task);
                json.WriteString("metric", score.Metric);
                WriteFinite(json, "value", score.Value);
                if (score.Accuracy is { } accuracy)
                {
                    json.WriteNumber("accuracy", accuracy);
                }

                json.WriteNumber("items", score.Items);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        });

    private static void WriteSites<T>(
        Utf8JsonWriter json, string name, IReadOnlyDictionary<string, T[]> sites, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartObject(name);
        foreach (var (site, values) in sites.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            json.WriteStartArray(site);
            foreach (var value in values)
            {
                write(json, value);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteFiniteValue(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    /// <summary>JSON has no infinities; a number that is not finite is written as null.</summary>
    private static void WriteFinite(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
