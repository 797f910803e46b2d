namespace MoR.Model.Tokenizers.Patterns;

/// <summary>A place in a text, from <paramref name="Start"/> up to but without <paramref name="End"/>, in UTF-16
/// units; it never cuts a surrogate pair.</summary>
internal readonly record struct TextMatch(int Start, int End);
