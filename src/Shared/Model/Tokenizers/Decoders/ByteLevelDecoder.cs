using System.Text;

namespace MoR.Model.Tokenizers.Decoders;

/// <summary>
/// Reads the tokens' letters as bytes and the bytes as UTF-8; what is no UTF-8 becomes U+FFFD. A token with any other
/// letter (an added token) stands for itself.
/// </summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public override List<string> Decode(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            var start = bytes.Count;
            foreach (var letter in token)
            {
                var value = ByteAlphabet.ByteOf(letter);
                if (value < 0)
                {
                    bytes.RemoveRange(start, bytes.Count - start);
                    bytes.AddRange(Encoding.UTF8.GetBytes(token));
                    break;
                }

                bytes.Add((byte)value);
            }
        }

        return [Encoding.UTF8.GetString([.. bytes])];
    }
}
