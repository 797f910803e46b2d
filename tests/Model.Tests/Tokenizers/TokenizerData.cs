using System.Collections.Concurrent;
using MoR.Model.Tokenizers;

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
        var path = File($"{folder}/tokenizer.json");
        return Loaded.GetOrAdd(path, static path => Tokenizer.Load(path));
    }

    public static string Shakespeare() => System.IO.File.ReadAllText(File("text/tinyshakespeare.txt"));

    /// <summary>Both sentences of every line of RTE's train and dev sets, read without quote handling.</summary>
    public static List<string> RteSentences()
    {
        var sentences = new List<string>();
        foreach (var name in new[] { "train", "dev" })
        {
            foreach (var line in System.IO.File.ReadLines(File($"tasks/RTE/{name}.tsv")).Skip(1))
            {
                sentences.AddRange(line.Split('\t')[1..3]);
            }
        }

        return sentences;
    }

    private static string File(string path)
    {
        var full = Path.Combine(Folder(), path);
        Skip.IfNot(System.IO.File.Exists(full), $"{path} is not there; set MOR_TEST_DATA to the folder that holds it");
        return full;
    }

    private static string Folder()
    {
        if (Environment.GetEnvironmentVariable("MOR_TEST_DATA") is { Length: > 0 } folder)
        {
            return folder;
        }

        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !System.IO.File.Exists(Path.Combine(root.FullName, "MoR.Distributed.sln")))
        {
            root = root.Parent;
        }

        return Path.Combine(root?.FullName ?? ".", "..", "shared", "data");
    }
}
