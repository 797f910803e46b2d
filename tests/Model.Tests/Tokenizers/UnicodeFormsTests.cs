using System.Text;
using MoR.Model.Tokenizers.Normalizers;

namespace MoR.Model.Tests.Tokenizers;

public sealed class UnicodeFormsTests
{
    // Cases of the kinds that UAX #15 discusses: reordering, exclusions, blocking, singletons, Hangul, wide characters.
    [Theory]
    [InlineData("D\u0307\u0323", "\u1E0C\u0307", "D\u0323\u0307")]
    [InlineData("\u1E0A\u0323", "\u1E0C\u0307", "D\u0323\u0307")]
    [InlineData("\u212B", "\u00C5", "A\u030A")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\u0300\u0301a", "\u0300\u0301a", "\u0300\u0301a")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "\u00E0\u05AE\u0300\u0315b", "a\u05AE\u0300\u0300\u0315b")]
    [InlineData("\uAC00\u11A8\u11A8", "\uAC01\u11A8", "\u1100\u1161\u11A8\u11A8")]
    [InlineData("\u09C7\u09BE", "\u09CB", "\u09C7\u09BE")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("\U00011131\U00011127", "\U0001112E", "\U00011131\U00011127")]
    [InlineData("\u2126\uF900", "\u03A9\u8C48", "\u03A9\u8C48")]
    public void Canonical_forms_are_those_of_the_standard(string text, string composed, string decomposed)
    {
        Assert.Equal(composed, UnicodeForms.Normalize(text, isCompatible: false, isComposed: true));
        Assert.Equal(decomposed, UnicodeForms.Normalize(text, isCompatible: false, isComposed: false));
    }

    [Theory]
    [InlineData("\uFB03\u2460\uFF21\u00BD", "ffi1A1\u20442", "ffi1A1\u20442")]
    [InlineData("\u1E9B\u0323", "\u1E69", "s\u0323\u0307")]
    [InlineData("\uFDFA", "صلى الله عليه وسلم", "صلى الله عليه وسلم")]
    public void Compatibility_forms_are_those_of_the_standard(string text, string composed, string decomposed)
    {
        Assert.Equal(composed, UnicodeForms.Normalize(text, isCompatible: true, isComposed: true));
        Assert.Equal(decomposed, UnicodeForms.Normalize(text, isCompatible: true, isComposed: false));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forms_of_every_code_point_are_stable_and_agree(bool isCompatible)
    {
        foreach (var point in Points())
        {
            var text = new Rune(point).ToString();
            var composed = UnicodeForms.Normalize(text, isCompatible, isComposed: true);
            var decomposed = UnicodeForms.Normalize(text, isCompatible, isComposed: false);
            var agrees = composed == UnicodeForms.Normalize(composed, isCompatible, isComposed: true)
                && decomposed == UnicodeForms.Normalize(decomposed, isCompatible, isComposed: false)
                && composed == UnicodeForms.Normalize(decomposed, isCompatible, isComposed: true)
                && decomposed == UnicodeForms.Normalize(composed, isCompatible, isComposed: false);
            Assert.True(agrees, $"U+{point:X4}");
        }
    }

    // All but unified ideographs, of which none has a form, and planes without characters of the kind.
    private static IEnumerable<int> Points() => Enumerable.Range(0, 0x3400)
        .Concat(Enumerable.Range(0xA000, 0xD800 - 0xA000))
        .Concat(Enumerable.Range(0xE000, 0x20000 - 0xE000))
        .Concat(Enumerable.Range(0x2F800, 0x220));
}
