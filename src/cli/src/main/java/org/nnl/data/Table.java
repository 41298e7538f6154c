package org.nnl.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nnl.syntax.Suggestions;

/**
 * Rows of fields from text: comma, semicolon, tab, bar or blank separated, with or without a row of names, packed by
 * gzip or not. Every row has the same number of fields; empty lines are passed over; blanks around a field are no part
 * of it.
 */
public final class Table {
    private static final int MOST_FIELDS = 1 << 22, MOST_CHARACTERS = 1 << 28;

    /** Rows in a row of names or data, from the reader. */
    private record Row(int line, String[] fields) {}

    private final List<Path> files = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private final List<Column> columns = new ArrayList<>();
    private boolean named;
    private int[] lines = new int[64];
    private int rows;

    private Table() {}

    /**
     * Reads one file, or all whose names match when the last part of the path holds a {@code *}, in order of names; all
     * must have the same columns.
     */
    public static Table read(Path file, TableFormat format) {
        Table t = new Table();
        for (Path f : Content.files(file)) t.append(f, format);
        if (t.rows == 0) throw new DataException(file + ": has no rows");
        return t;
    }

    private void append(Path file, TableFormat format) {
        String text = Content.text(file, format.encoding());
        List<Row> read = rows(file, text, format);
        boolean first = files.isEmpty();
        if (read.isEmpty()) throw new DataException(file + ": has no rows");
        boolean header = format.separator() != TableFormat.LINES
                && (format.header() != null ? format.header() : looksLikeHeader(read, format));
        String[] top = read.get(0).fields;
        if (first) {
            named = header;
            boolean lines = format.separator() == TableFormat.LINES;
            for (int c = 0; c < top.length; c++)
                columns.add(new Column(lines ? "line" : header ? top[c] : Integer.toString(c + 1), format.comma()));
            if (lines) columns.add(new Column("file", false));
        } else if (header != named || top.length != width(format)) {
            throw new DataException(file + ": its columns are not those of " + files.get(0));
        }
        files.add(file);
        starts.add(rows);
        for (Row r : read.subList(header ? 1 : 0, read.size())) add(file, r, format);
    }

    private int width(TableFormat format) {
        return format.separator() == TableFormat.LINES ? 1 : columns.size();
    }

    private void add(Path file, Row r, TableFormat format) {
        int width = width(format);
        if (r.fields.length != width)
            throw new DataException(file + ", line " + r.line + ": has " + r.fields.length + " field"
                    + (r.fields.length == 1 ? "" : "s") + " where " + width + (width == 1 ? " is" : " are") + " expected"
                    + (format.separator() == TableFormat.AUTO ? "" : " (separator '" + format.separator() + "')")
                    + (rows == 0 && width < r.fields.length ? "; 'skip 1' leaves out a line at the top" : ""));
        for (int c = 0; c < width; c++) columns.get(c).add(r.fields[c]);
        if (format.separator() == TableFormat.LINES) columns.get(1).add(stem(file));
        if (rows == lines.length) lines = Arrays.copyOf(lines, 2 * rows);
        lines[rows++] = r.line;
    }

    /** The file's name without what follows its first point. */
    private static String stem(Path file) {
        String name = file.getFileName().toString();
        int dot = name.indexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private static List<Row> rows(Path file, String text, TableFormat format) {
        int from = 0, line = 1;
        for (; line <= format.skip(); line++) {
            from = text.indexOf('\n', from) + 1;
            if (from == 0) throw new DataException(file + ": has no more than the " + format.skip() + " lines to skip");
        }
        String body = text.substring(from);
        char separator = format.separator() == TableFormat.AUTO ? separator(file, body, format) : format.separator();
        if (separator == TableFormat.BLANKS || separator == TableFormat.LINES) return split(body, line, separator);
        List<Row> rows = new ArrayList<>();
        int first = line;
        CsvRecordHandler records = CsvRecordHandler.builder()
                .maxFields(MOST_FIELDS)
                .maxFieldSize(MOST_CHARACTERS)
                .maxRecordSize(MOST_CHARACTERS)
                .build();
        CsvReader.CsvReaderBuilder builder = CsvReader.builder()
                .fieldSeparator(separator)
                .quoteCharacter(format.quotes() ? '"' : '\0')
                .trimWhitespacesAroundQuotes(true)
                .allowUnclosedQuote(false)
                .allowExtraFields(true)
                .allowMissingFields(true)
                .maxBufferSize(MOST_CHARACTERS)
                .skipEmptyLines(true);
        try (CsvReader<CsvRecord> reader = builder.build(records, body)) {
            for (CsvRecord r : reader) {
                String[] fields = new String[r.getFieldCount()];
                for (int i = 0; i < fields.length; i++) fields[i] = r.getField(i).strip();
                if (fields.length == 1 && fields[0].isEmpty()) continue;
                rows.add(new Row((int) r.getStartingLineNumber() + first - 1, fields));
            }
        } catch (CsvParseException e) {
            int at = rows.isEmpty() ? first : rows.get(rows.size() - 1).line + 1;
            boolean tooLong = String.valueOf(e.getMessage()).contains("exceed");
            throw new DataException(
                    file + ", line " + at + ": " + (tooLong
                            ? "has more than " + MOST_FIELDS + " fields or " + MOST_CHARACTERS + " characters"
                            : "a quote is not closed; 'quotes no' in the data block takes quotes as text"),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    private static List<Row> split(String body, int line, char separator) {
        List<Row> rows = new ArrayList<>();
        for (String l : body.split("\r\n|\r|\n", -1)) {
            String s = l.strip();
            if (!s.isEmpty())
                rows.add(new Row(line, separator == TableFormat.LINES ? new String[] {s} : s.split("\\s+")));
            line++;
        }
        return rows;
    }

    /**
     * Of comma, tab, semicolon and bar the one that every one of the first lines has most of; else blanks. A comma between
     * digits that stand between semicolons is a decimal comma.
     */
    private static char separator(Path file, String body, TableFormat format) {
        List<String> top = body.lines().filter(l -> !l.isBlank()).limit(10).toList();
        char best = 0;
        long most = 0;
        boolean decimal = format.comma()
                || top.stream().anyMatch(l -> l.contains(";")
                        && Arrays.stream(l.split(";")).noneMatch(s -> Double.isNaN(Column.parse(s.strip(), true))));
        for (char c : decimal ? new char[] {'\t', ';', '|'} : new char[] {',', '\t', ';', '|'}) {
            long least = top.stream().mapToLong(l -> unquoted(l, c)).min().orElse(0);
            if (least > most) {
                most = least;
                best = c;
            }
        }
        if (best != 0) return best;
        boolean blanks = !top.isEmpty()
                && top.stream().allMatch(l -> Arrays.stream(l.strip().split("\\s+")).noneMatch(s -> Double.isNaN(format.number(s))))
                && top.stream().map(l -> l.strip().split("\\s+").length).distinct().count() == 1;
        if (blanks) return TableFormat.BLANKS;
        return file.toString().contains(".tsv") ? '\t' : ',';
    }

    private static long unquoted(String line, char c) {
        boolean inside = false;
        long n = 0;
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '"') inside = !inside;
            else if (line.charAt(i) == c && !inside) n++;
        }
        return n;
    }

    /** A field of the first row is a name that is asked for; or none of them is a number, and one below it is. */
    private static boolean looksLikeHeader(List<Row> rows, TableFormat format) {
        if (!rows.isEmpty() && Arrays.stream(rows.get(0).fields).anyMatch(f -> format.names().contains(f.strip()))) return true;
        if (rows.size() < 2) return false;
        String[] top = rows.get(0).fields;
        // What numbers the rows often has no name.
        for (String s : top) if (!Double.isNaN(format.number(s)) || Column.isMissing(s) && !s.isEmpty()) return false;
        if (Arrays.stream(top).allMatch(String::isEmpty)) return false;
        for (Row r : rows.subList(1, Math.min(rows.size(), 20)))
            for (String s : r.fields) if (!Double.isNaN(format.number(s))) return true;
        return false;
    }

    public int rows() {
        return rows;
    }

    public int width() {
        return columns.size();
    }

    /** Whether the columns have names; otherwise they are called by their numbers from 1. */
    public boolean named() {
        return named;
    }

    public List<String> names() {
        return columns.stream().map(c -> c.name).toList();
    }

    Column column(int index) {
        return columns.get(index);
    }

    public String text(int row, int column) {
        return columns.get(column).text(row);
    }

    /**
     * The position of a named column.
     *
     * @throws DataException with the names there are
     */
    public int find(String name) {
        int at = names().indexOf(name), last = names().lastIndexOf(name);
        String file = files.get(0).toString();
        if (at < last)
            throw new DataException(file + ": two columns are called '" + name + "'; column(" + (at + 1) + ") is the first, column("
                    + (last + 1) + ") the last");
        if (at >= 0) return at;
        if (!named && !names().contains("line"))
            throw new DataException(file + ": no column '" + name + "'; its columns have no names ("
                    + "'header yes' in the data block takes them from the first row, column(1) is the first)");
        List<String> some = names().stream().limit(20).toList();
        throw new DataException(file + ": no column '" + name + "'" + Suggestions.hint(name, names()) + "; there are "
                + String.join(", ", some) + (width() > 20 ? ", … (" + width() + ")" : ""));
    }

    /** The position of a column given by its number from 1. */
    public int find(int number) {
        if (number < 1 || number > width())
            throw new DataException(files.get(0) + ": no column " + number + "; there are " + width());
        return number - 1;
    }

    /** {@code digits.csv, line 17, column 'label'}. */
    public String place(int row, int column) {
        int f = files.size() - 1;
        while (starts.get(f) > row) f--;
        Column c = columns.get(column);
        return files.get(f) + ", line " + lines[row] + ", column " + (named || c.name.equals("line") || c.name.equals("file") ? "'" + c.name + "'" : c.name);
    }

    /** The files, as shown in messages. */
    public String source() {
        return files.get(0) + (files.size() > 1 ? " and " + (files.size() - 1) + " more" : "");
    }
}
