using System.Globalization;
using Kind = ClusterLb.Node.Configuration.Hocon.HoconTokenKind;

namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>
/// Reads HOCON (lightbend/config, HOCON.md) and puts what it says into a block. Strict where a library's parser guesses, and every value
/// knows its line (docs/decisions/0002). Nothing is looked up yet: <see cref="HoconEvaluator"/> does, when everything is read.
/// </summary>
/// <param name="tokens">Of the text.</param>
/// <param name="context">What it is part of.</param>
internal sealed class HoconParser(HoconTokens tokens, HoconContext context)
{
    private int _depth;

    /// <summary>The text is a file: keys, in braces or without.</summary>
    /// <exception cref="HoconException">With place and what was expected.</exception>
    public void ParseFile(HoconObject into)
    {
        tokens.SkipNewLines();
        if (tokens.IsNext(Kind.OpenBracket))
            throw new HoconException(tokens.Next.Place, "a list stands here; a file must hold keys, such as clusterlb { ... }");
        if (tokens.IsNext(Kind.OpenBrace)) ParseBraces(into, context.Spot);
        else ParseMembers(into, context.Spot, Kind.End);
        tokens.SkipNewLines();
        if (!tokens.IsNext(Kind.End)) throw tokens.Unexpected("the end of the file");
    }

    /// <summary>The text is one value.</summary>
    /// <exception cref="HoconException">With place and what was expected.</exception>
    public HoconValue ParseValue()
    {
        tokens.SkipNewLines();
        var value = ParseValue(context.Spot);
        tokens.SkipNewLines();
        return tokens.IsNext(Kind.End) ? value : throw tokens.Unexpected("the end of the value");
    }

    private void ParseBraces(HoconObject into, HoconSpot spot)
    {
        var opened = tokens.Take().Place;
        ParseMembers(into, spot, Kind.CloseBrace);
        if (!tokens.TryTake(Kind.CloseBrace)) throw Unclosed("block", opened, "'}'");
    }

    private void ParseMembers(HoconObject into, HoconSpot spot, Kind closing)
    {
        tokens.SkipNewLines();
        while (!tokens.IsNext(closing) && !tokens.IsNext(Kind.End))
        {
            if (tokens.Next is { Kind: Kind.Text, Text: "include" })
                context.Includer.Include(HoconInclude.Read(tokens), into, context with { Spot = spot, Depth = context.Depth + _depth });
            else ParseMember(into, spot);
            ParseSeparator(closing);
        }
    }

    private void ParseMember(HoconObject into, HoconSpot spot)
    {
        var place = tokens.Next.Place;
        var path = HoconPath.Read(tokens, "a key");
        Enter(path.Count, place);
        tokens.SkipNewLines();
        var sign = tokens.Next.Kind;
        if (sign is Kind.EqualsSign or Kind.Colon or Kind.PlusEquals)
        {
            tokens.Take();
            tokens.SkipNewLines();
        }
        else if (sign != Kind.OpenBrace)
        {
            throw tokens.Unexpected("'=', ':' or '{' after a key");
        }

        // An item has no path, so what is in it begins a new one.
        var value = ParseValue(sign == Kind.PlusEquals ? null : spot.At(path));
        if (sign == Kind.PlusEquals) value = new HoconAppend(value.Place, [value]);
        context.Keys.Note(place.Source, spot.At(path), place, value);
        into.Add(path, place, value);
        _depth -= path.Count;
    }

    /// <summary>A new line, a comma, or both.</summary>
    private void ParseSeparator(Kind closing)
    {
        var isOnNewLine = tokens.SkipNewLines();
        if (tokens.TryTake(Kind.Comma)) tokens.SkipNewLines();
        else if (!isOnNewLine && !tokens.IsNext(closing) && !tokens.IsNext(Kind.End)) throw tokens.Unexpected("a comma or a new line");
    }

    /// <param name="spot">Of the value; null in a list.</param>
    private HoconValue ParseValue(HoconSpot? spot)
    {
        var parts = new HoconParts(tokens.Next.Place);
        var isUnquoted = false;
        while (true)
        {
            var next = tokens.Next;
            switch (next.Kind)
            {
                case Kind.Text or Kind.Quoted:
                    parts.AddText(tokens.Take());
                    break;
                case Kind.Substitution:
                    parts.Add(ParseSubstitution(), next.Space);
                    break;
                case Kind.OpenBrace:
                    parts.Add(ParseBlock(spot), next.Space);
                    break;
                case Kind.OpenBracket:
                    parts.Add(ParseList(), next.Space);
                    break;
                case Kind.Colon or Kind.Reserved or Kind.EqualsSign or Kind.PlusEquals:
                    parts.AddText(TakeSign(isUnquoted));
                    break;
                default:
                    return parts.IsEmpty ? throw tokens.Unexpected("a value") : parts.ToValue();
            }

            isUnquoted = next.Kind is Kind.Text or Kind.Colon or Kind.Reserved;
        }
    }

    /// <summary>
    /// More than HOCON allows, for addresses, where it can mean nothing else: <c>:</c> and <c>+</c> in an unquoted text, and <c>*</c>.
    /// </summary>
    private HoconToken TakeSign(bool isAfterUnquoted)
    {
        var sign = tokens.Take();
        var isInside = (isAfterUnquoted && sign.Space.Length == 0)
            || (tokens.Next is { Kind: Kind.Text or Kind.Colon or Kind.Reserved, Space: "" });
        if (sign.Text == "*" || (sign.Text is ":" or "+" && isInside)) return sign;
        var hint = sign.Kind is Kind.EqualsSign or Kind.PlusEquals ? ", and a new key a comma or a new line before it" : "";
        throw new HoconException(sign.Place, $"unexpected {sign.Describe()}; a text with that character needs quotes{hint}");
    }

    private HoconObject ParseBlock(HoconSpot? spot)
    {
        var block = new HoconObject(tokens.Next.Place);
        Enter(1, block.Place);
        ParseBraces(block, spot ?? new HoconSpot(block, []));
        _depth--;
        return block;
    }

    private HoconList ParseList()
    {
        var opened = tokens.Take().Place;
        Enter(1, opened);
        var items = new List<HoconValue>();
        tokens.SkipNewLines();
        while (!tokens.IsNext(Kind.CloseBracket) && !tokens.IsNext(Kind.End))
        {
            items.Add(ParseValue(spot: null));
            ParseSeparator(Kind.CloseBracket);
        }

        if (!tokens.TryTake(Kind.CloseBracket)) throw Unclosed("list", opened, "']'");
        _depth--;
        return new HoconList(opened, items);
    }

    private HoconSubstitution ParseSubstitution()
    {
        var opened = tokens.Take();
        var path = HoconPath.Read(tokens, "a path such as a.b");
        Enter(path.Count, opened.Place);
        var isList = tokens.TryTake(Kind.OpenBracket);
        if (isList && !tokens.TryTake(Kind.CloseBracket)) throw tokens.Unexpected("']'");
        if (!tokens.TryTake(Kind.CloseBrace)) throw tokens.Unexpected("'}' after the path in ${...}");
        _depth -= path.Count;
        return new HoconSubstitution(opened.Place, path)
        {
            IsOptional = opened.Text.EndsWith('?'),
            IsList = isList,
            Scopes = context.Scopes,
        };
    }

    private void Enter(int levels, HoconPlace place)
    {
        _depth += levels;
        if (context.Depth + _depth > HoconPath.MaxDepth) throw HoconPath.TooDeep(place);
    }

    /// <summary>At the end of the text, where a column says nothing.</summary>
    private HoconException Unclosed(string what, HoconPlace opened, string missing)
    {
        var which = opened.Line == 0
            ? $"the {what}"
            : string.Create(CultureInfo.InvariantCulture, $"the {what} that begins at line {opened.Line}");
        return new HoconException(tokens.Next.Place with { Column = 0 }, $"{which} is not closed; {missing} is missing");
    }
}
