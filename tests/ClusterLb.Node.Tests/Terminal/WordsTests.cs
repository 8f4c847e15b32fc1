using ClusterLb.Node.Terminal;
using CsCheck;

namespace ClusterLb.Node.Tests.Terminal;

public sealed class WordsTests
{
    private static readonly Gen<string> s_texts =
        Gen.String[Gen.Char["abc "], 0, 60].Select(text => text.Trim());

    [Theory]
    [InlineData("check failed: status 503", 24, "check failed: status 503")]
    [InlineData("check failed: status 503", 23, "check failed: status …")]
    [InlineData("check failed: status 503", 22, "check failed: status …")]
    [InlineData("check failed: status 503", 21, "check failed: …")]
    [InlineData("check failed: status 503", 6, "…")]
    [InlineData("check failed: status 503", 1, "…")]
    public void A_text_loses_words_from_its_end_and_shows_it(string text, int width, string expected) =>
        Assert.Equal(expected, Words.Cut(text, width));

    [Fact]
    public void Whatever_is_cut_fits_and_is_made_of_whole_words() => Gen.Select(s_texts, Gen.Int[1, 80]).Sample((text, width) =>
    {
        var cut = Words.Cut(text, width);
        Assert.True(cut.Length <= width);
        Assert.Equal(text.Length <= width, cut == text);
        var whole = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(whole.Take(cut.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length - (cut == text ? 0 : 1)),
            cut.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word != "…"));
    });

    [Fact]
    public void A_sentence_breaks_between_words()
    {
        Assert.Equal(["check failed:", "status 503"], Words.Wrap("check failed: status 503", 13));
        Assert.Equal(["a", "much-too-lo…", "b"], Words.Wrap("a much-too-long-word b", 12));
        Assert.Equal([""], Words.Wrap("", 12));
    }

    [Fact]
    public void No_line_is_wider_than_it_may_be() => Gen.Select(s_texts, Gen.Int[1, 80]).Sample((text, width) =>
        Assert.All(Words.Wrap(text, width), line => Assert.True(line.Length <= width)));

    [Fact]
    public void Items_flow_over_as_many_lines_as_they_need()
    {
        Assert.Equal(["a b", "cc", "ddd"], Words.Flow(["a", "b", "cc", "ddd"], 3, " "));
        Assert.Equal(["a  b  cc"], Words.Flow(["a", "b", "cc", "much too long"], 9, "  "));
        Assert.Empty(Words.Flow([], 9, "  "));
    }
}
