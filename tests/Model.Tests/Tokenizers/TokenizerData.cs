using System.Collections.Concurrent;
using MoR.Model.Tokenizers;
using MoR.Tests;

namespace MoR.Model.Tests.Tokenizers;

/// <summary>Files that the repository does not hold; a test over them is skipped without them.</summary>
internal static class TokenizerData
{
    public const string Gpt2 = "tokenizers/gpt2";
    public const string Mistral = "tokenizers/mistral-7b-v0.3";
    public const string Story = "weights/story-llama-hf";

    private static readonly ConcurrentDictionary<string, Tokenizer> Loaded = [];

    /// <summary>The tokenizer of a folder, read once for all tests.</summary>
    public static Tokenizer Load(string folder)
    {
        var path = SharedData.Require($"{folder}/tokenizer.json");
        return Loaded.GetOrAdd(path, static path => Tokenizer.Load(path));
    }

    public static string Shakespeare() => File.ReadAllText(SharedData.Require("text/tinyshakespeare.txt"));

    /// <summary>Both sentences of every line of RTE's train and dev sets, read without quote handling.</summary>
    public static List<string> RteSentences()
    {
        var sentences = new List<string>();
        foreach (var name in new[] { "train", "dev" })
        {
            foreach (var line in File.ReadLines(SharedData.Require($"tasks/RTE/{name}.tsv")).Skip(1))
            {
                sentences.AddRange(line.Split('\t')[1..3]);
            }
        }

        return sentences;
    }
}
