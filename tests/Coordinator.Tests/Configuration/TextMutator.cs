using System.Text;

namespace MoR.Coordinator.Tests.Configuration;

/// <summary>Damages a YAML text in one to three places, with pieces that parsers trip over.</summary>
internal static class TextMutator
{
    private static readonly string[] Pieces =
    [
        ":", ": ", "- ", "? ", "[", "]", "{", "}", ",", "&a ", "*a", "!", "!!str ", "|", ">", "|-2", "'", "\"", "#",
        "%", "@", "`", "\\", "\t", "\n", "\r", "\n  ", "\n---\n", "\n...\n", "%YAML 1.2\n", "%YAML 999999999999.9\n",
        "%TAG ! x\n", "\"\\U00110000\"", "\"\\ud800\"", "\"\\x\"", "\"\\0\"", "\0", "\uFEFF", "\u2028", "\u0085",
        "\uD800", "😀", "<<: ", "null", "~", "true", "-1", "0", "1e999", ".inf", new string('9', 46), "router",
        "top_k", "experts", "seed: 1\n", "router.top_k: 1\n", "'\n'", new string('[', 40),
    ];

    public static string Mutate(string sample, Random random)
    {
        var text = new StringBuilder(sample);
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(text.Length + 1);
            var length = Math.Min(random.Next(1, 12), text.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    text.Insert(random.Next(text.Length + 1), text.ToString(at, length));
                    break;
                case 3 when at < text.Length:
                    text[at] = (char)random.Next(1, 128);
                    break;
                default:
                    text.Remove(at, length).Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return text.ToString();
    }
}
