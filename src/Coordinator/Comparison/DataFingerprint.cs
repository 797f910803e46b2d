using System.Security.Cryptography;
using System.Text;
using MoR.Coordinator.Data;

namespace MoR.Coordinator.Comparison;

/// <summary>Names what a comparison learns from and is scored on, wherever the files lie.</summary>
internal static class DataFingerprint
{
    /// <summary>SHA-256 over every item of the tasks, in order, and the tokenizer's file; lower-case hexadecimal.</summary>
    public static string Of(IEnumerable<TaskData> tasks, string tokenizerFile)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(File.ReadAllBytes(tokenizerFile));
        foreach (var task in tasks)
        {
            Add($"{task.Definition.Name}\0{task.Definition.Metric}\0{task.Train.Length}\0{task.Evaluation.Length}");
            foreach (var item in task.Train.Concat(task.Evaluation))
            {
                Add(string.Join('\0', [item.Prompt, item.Completion, .. item.ChoiceCompletions]));
                if (item.Chat is { AfterAnswer: var end })
                {
                    Add(end);
                }
            }

            foreach (var text in task.TrainTexts)
            {
                Add(text.Text);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
    }
}
