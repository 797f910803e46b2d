using System.Text;
using MoR.Cluster.Errors;
using MoR.Cluster.Random;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;

namespace MoR.Coordinator.Tests.Data;

public sealed class MutatedDataTests
{
    private const int Mutations = 1_500;

    private const string Object =
        """{"left": "a\u00e9", "options": ["x", "yé"], "label": 1, "more": {"n": [{"m": null}]}}""";

    [Theory]
    [InlineData(TaskFormat.Tsv, "left\toptions\tlabel\na\tb\tx\nü\tb\ty\n", 1)]
    [InlineData(TaskFormat.Jsonl, Object + "\n" + Object + "\n", 2)]
    [InlineData(TaskFormat.Json, "[" + Object + ",\n" + Object + "]\n", 3)]
    [InlineData(TaskFormat.JsonObject, "{\"a\": " + Object + ",\n\"b\": " + Object + "}\n", 4)]
    public void A_damaged_file_is_read_or_refused_with_a_message(TaskFormat format, string text, ulong seed)
    {
        TaskDefinition task = TaskDefinitions.Toy with
        {
            Format = format,
            Splits = new TaskSplits { Train = ["file"] },
            Prompt = "{left}",
            Choices = format == TaskFormat.Tsv ? ["x", "y"] : [],
            ChoicesColumn = format == TaskFormat.Tsv ? null : "options",
            Labels = null,
            EvaluateOn = "none",
        };
        int refused = 0;
        for (ulong mutation = 0; mutation < Mutations; mutation++)
        {
            byte[] bytes = Mutate(Encoding.UTF8.GetBytes(text), new CounterRandom(seed, mutation));
            Exception? error = Record.Exception(
                () => TaskData.Load(task, "/data", open: new MemoryFiles().Add("/data/file", bytes).Open));

            Assert.True(
                error is null or InputException,
                $"seed {seed}, mutation {mutation}: {Convert.ToHexString(bytes)}: {error}");
            refused += error is null ? 0 : 1;
        }

        Assert.InRange(refused, Mutations / 10, Mutations - 1);
    }

    private static byte[] Mutate(byte[] original, CounterRandom random)
    {
        List<byte> bytes = [.. original];
        int edits = 1 + random.NextBelow(3);
        for (int edit = 0; edit < edits && bytes.Count > 0; edit++)
        {
            int at = random.NextBelow(bytes.Count);
            switch (random.NextBelow(4))
            {
                case 0:
                    bytes[at] = (byte)random.NextBelow(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, original[random.NextBelow(original.Length)]);
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.NextBelow(20)));
                    break;
            }
        }

        return [.. bytes];
    }
}
